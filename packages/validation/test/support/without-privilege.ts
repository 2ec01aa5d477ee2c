/** Runs as a user that is not the superuser, who may read everything. */
export const withoutPrivilege = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const isSuperuser = process.geteuid?.() === 0
  if (isSuperuser) process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    if (isSuperuser) process.seteuid?.(0)
  }
}
