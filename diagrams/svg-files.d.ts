/** A picture, as text: the bundler of nitro-audit puts it in. */
declare module '*.svg' {
  const text: string;
  export default text;
}
