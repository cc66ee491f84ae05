import { once } from "node:events";
import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** A way from one client to a NATS server, over TCP, that a test can cut and heal. */
export class Link {
  /** The server's url by this way. */
  readonly url: string;
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #state: "whole" | "silent" | "refused" = "whole";

  private constructor(server: Server, target: URL) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port was assigned");
    const url = new URL(target);
    url.port = String(address.port);
    this.url = url.href;
    this.#server = server;
    this.#target = { host: target.hostname, port: Number(target.port) };
    server.on("connection", (socket) => this.#join(socket));
  }

  static async to(url: string): Promise<Link> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Link(server, new URL(url));
  }

  /**
   * Nothing passes any more. `silent`: as when a cable is pulled, nobody is told, and what was sent
   * meanwhile arrives once it is healed; `refused`: connections break, and new ones are refused.
   */
  cut(how: "silent" | "refused"): void {
    this.#state = how;
    for (const socket of this.#sockets) {
      if (how === "silent") socket.pause();
      else socket.destroy();
    }
  }

  heal(): void {
    this.#state = "whole";
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket): void {
    if (this.#state === "refused") {
      client.destroy();
      return;
    }
    const server = dial(this.#target);
    this.#pass(client, server);
    this.#pass(server, client);
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (bytes) => to.write(bytes));
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#state === "silent") from.pause();
  }
}
