/** Where the page of a rule stands; `docs/reference/rules` holds the same pages. */
export const rulePage = (id: string): string =>
  `https://github.com/nootropic-security/nootropic/blob/main/docs/reference/rules/${id}.md`
