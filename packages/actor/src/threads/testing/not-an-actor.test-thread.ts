/** A module that a thread actor can't be made of. */
export default { what: "no actor" };
