/** Whether a path out of a model leads out of the model's own directory: absolute, above it, in a home, or an address. */
export const isOutsidePath = (path: string): boolean =>
  path.includes('\0') || /^(?:[/\\~]|[a-z][a-z0-9+.-]*:)/i.test(path) || path.split(/[/\\]/).includes('..')
