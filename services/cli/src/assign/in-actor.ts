import { type ActorContext, type ActorSystem, defineActor, defineProtocol } from "@troupe/actor";

/** An actor that is there for one piece of work, and hears nothing. */
const workProtocol = defineProtocol("assignment-work", {});

/** Does something as an actor that ends with it. */
export function inActor<R>(
  system: ActorSystem,
  work: (context: ActorContext<typeof workProtocol.messages>) => Promise<R>,
): Promise<R> {
  const { promise, resolve, reject } = Promise.withResolvers<R>();
  const actor = defineActor(workProtocol, (context) => {
    context.pipe(work(context), (settled) => {
      if (settled.ok) resolve(settled.value);
      else reject(settled.error);
      context.stop();
    });
    return {};
  });
  system.spawn(actor, { restart: "temporary" });
  return promise;
}
