// The dashboard's script: every page works without it, it makes pages quicker.
import { startBusy } from "./parts/busy";
import { startCopy } from "./parts/copy";
import { startFields } from "./parts/fields";
import { startHtmx } from "./parts/htmx";
import { startMenus } from "./parts/menus";
import { startOverlays } from "./parts/overlays";
import { startPalette } from "./parts/palette";
import { startTheme } from "./parts/theme";
import { startTimes } from "./parts/times";
import { startToasts } from "./parts/toasts";

for (const start of [
  startTheme, startBusy, startHtmx, startOverlays, startMenus, startPalette, startToasts, startCopy, startFields, startTimes,
]) start();
