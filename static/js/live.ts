// Follows the customer's conversations while a page that shows them is open. The socket only says what has
// changed; the server's own fragments bring it onto the page. Every page works without this script.
import { startComposer } from "./live/composer";
import { startLeases } from "./live/lease";
import { startPlaces } from "./live/places";
import { startSocket } from "./live/socket";
import { startStream } from "./live/stream";

for (const start of [startComposer, startLeases, startPlaces, startStream, startSocket]) start();
