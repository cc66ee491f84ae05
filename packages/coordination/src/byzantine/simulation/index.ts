export { agreementScenarios } from "./scenario.ts";
export type { AgreementCourse, AgreementScenario } from "./world.ts";
