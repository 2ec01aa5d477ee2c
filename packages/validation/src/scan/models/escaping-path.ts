/** Whether a path leads out of the directory that it is meant in (CWE-22): absolute, with a drive, a scheme, or upwards. */
export const isEscapingPath = (path: string): boolean =>
  /^[\\/~]|^[A-Za-z]:|^[A-Za-z][\w+.-]*:\/\/|\0/.test(path) || path.split(/[\\/]/).includes('..')
