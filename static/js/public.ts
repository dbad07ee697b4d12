// The script of the public pages: theme, copy buttons, press feedback, the search of the docs.
import { startBusy } from "./parts/busy";
import { startCopy } from "./parts/copy";
import { startDocsFind } from "./parts/docs-find";
import { startTheme } from "./parts/theme";

for (const start of [startTheme, startBusy, startCopy, startDocsFind]) start();
