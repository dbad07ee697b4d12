// The icon set: one path each on a 20 px grid, drawn with the current colour.
export const CLOSE = "m5 5 10 10M15 5 5 15";
export const DOWN = "m4.5 7.5 5.5 5.5 5.5-5.5";
export const GO = "m7.5 4.5 5.5 5.5-5.5 5.5";
export const BACK = "M12.5 4.5 7 10l5.5 5.5";
export const MORE = "M4.5 10h.01M10 10h.01M15.5 10h.01";
export const SEND = "M10 16V4.5M5 9.3l5-5 5 5";
export const STOP = "M6 6h8v8H6z";
export const RETRY = "M16 10a6 6 0 1 1-1.9-4.4L16 7.5M16 3.5v4h-4";
export const YES = "M6.5 9 9.6 3c1.3 0 2.1.9 1.9 2.1L11 8h4.2c.9 0 1.6.9 1.3 1.8l-1.4 5.4c-.2.7-.8 1.3-1.6 1.3h-7M6.5 9v7.5h-3V9z";
export const NO = "M13.5 11 10.4 17c-1.3 0-2.1-.9-1.9-2.1L9 12H4.8c-.9 0-1.6-.9-1.3-1.8l1.4-5.4c.2-.7.8-1.3 1.6-1.3h7M13.5 11V3.5h3V11z";
export const COPY = "M9 7h5.5a2 2 0 0 1 2 2v5.5a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2M13 4.5a1.5 1.5 0 0 0-1.5-1h-6a2 2 0 0 0-2 2v6A1.5 1.5 0 0 0 4.5 13";
export const OUT = "M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-7 7";
export const PERSON = "M10 3.5a3 3 0 0 1 0 6 3 3 0 0 1 0-6M4 16.5c.6-3.3 3-5 6-5s5.4 1.700 6 5";
export const CHECK = "m4.5 10.5 3.800 3.800 7.200-8.3";

const SVG = "http://www.w3.org/2000/svg";

/** `flip`: the picture points along the line of reading and turns with it. */
export const icon = (path: string, flip = false): SVGElement => {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  if (flip) svg.setAttribute("class", "flip");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};
