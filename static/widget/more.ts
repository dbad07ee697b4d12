// What an answer's first letters do not wait for: what stands below it, menu, reading sheet, waiting card.
import css from "./more.css";
import old from "./old.css";

export { below } from "./below";
export { furnish } from "./furnish";
export { fullSheet, growing } from "./phone";
export { personTurn } from "./person";
export { waitingCard } from "./card";

/** For browsers that cannot compute colours, plain ones are added. */
export const styles: string = CSS.supports("color", "light-dark(red,oklch(from red l c h))") ? css : css + old;
