export { createApp, ROUTES, type Trouble } from "./app.tsx";
export { type Serving, serveWorkbench } from "./serve.ts";
