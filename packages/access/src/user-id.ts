import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'

// passwd(5) of a host with directory users is short; a file beyond this is not one (CWE-770).
const maximumLines = 100_000

/** The numeric id of a user of this host, or undefined if the host does not know the name. */
export const userId = async (name: string): Promise<number | undefined> => {
  const me = userInfo()
  if (me.username === name) return me.uid
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const line of text.split('\n', maximumLines)) {
    const [user, , id] = line.split(':')
    if (user === name && id !== undefined && /^\d+$/.test(id)) return Number(id)
  }
  return undefined
}
