declare module "*.css" {
  const minified: string;
  export default minified;
}

/** The query that names the version of app.js, set by the build. */
declare const APP_VERSION: string;

/** The same for more.js. */
declare const MORE_VERSION: string;
