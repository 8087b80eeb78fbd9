export { pause } from "../../../src/model/pause.ts";
