/** For `catch` of what asks the file system: what stands for a file or directory that is not there. Other errors stay. */
export const unlessAbsent =
  <Otherwise>(otherwise: Otherwise) =>
  (error: NodeJS.ErrnoException): Otherwise => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
