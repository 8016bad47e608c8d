/** The build hands over a style sheet as its text, with the tokens it uses in front. */
declare module '*.css' {
  const text: string;
  export default text;
}
