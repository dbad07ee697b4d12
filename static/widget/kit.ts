// What the parts that load later need from the panel's code: handed over, so that nothing is loaded twice.
import { again } from "./answer";
import { button, h } from "./dom";
import { icon } from "./icons";
import { bareLink } from "./inline";
import { fill, text } from "./texts";

export const kit = { again, bareLink, h, button, icon, fill, text };
export type Kit = typeof kit;
export type More = typeof import("./more");
