import { type Io, screenOf } from "../io.ts";
import { LiveRegion } from "../output/live-region.ts";
import { Notices } from "../output/notices.ts";
import {
  notStarted,
  type Starting,
  started,
  startLine,
  startScreen,
} from "../output/start-screen.ts";
import { upLines } from "../output/up-lines.ts";
import { writeJson } from "../output/write.ts";
import type { StartNews, UpNews } from "./news.ts";

/** Tells the news of `troupe up` in the way that suits where they go. */
export class Reporter {
  readonly #io: Io;
  readonly #json: boolean;
  readonly notices: Notices;
  #starting: Starting;
  #region: LiveRegion | undefined;
  #stopping = false;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.#json = json;
    this.notices = new Notices(io.out);
    this.#starting = notStarted(io.clock.now());
    if (!json && io.out.live) {
      this.#region = new LiveRegion(io, (now, screen) => startScreen(this.#starting, now, screen));
    }
  }

  tell(news: UpNews): void {
    if (this.#json) {
      writeJson(this.#io.out, news);
      return;
    }
    if (isStart(news)) {
      this.#tellStart(news);
      return;
    }
    this.endStart();
    this.#stopping ||= news.type === "stopping";
    this.notices.say(upLines(news, screenOf(this.#io.out)));
  }

  /** Leaves what was shown of the start standing. */
  endStart(): void {
    this.#region?.end();
    this.#region = undefined;
  }

  #tellStart(news: StartNews): void {
    this.#starting = started(this.#starting, news, this.#io.clock.now());
    if (this.#region !== undefined || this.#isNoise(news)) return;
    this.notices.say([startLine(news, screenOf(this.#io.out))]);
  }

  /** What would be a line that says nothing new, or nothing that matters. */
  #isNoise(news: StartNews): boolean {
    if (news.type === "server-search") return true;
    if (news.type !== "node") return false;
    return news.state === "starting" || (this.#stopping && this.#io.out.live);
  }
}

function isStart(news: UpNews): news is StartNews {
  return ["server-search", "server", "streams", "node"].includes(news.type);
}
