import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Finding, Severity } from '@nootropic/core'
import { concludeCheck, type HostCheck, hostFinding } from './host-report.ts'
import { type FileMode, isWithin, readFileModes } from './secret-files.ts'

/** Where an installation keeps what others must not read, or must not write. */
export interface GuardedPlaces {
  /** The installation: keys, models, records. */
  readonly home: string
  /** Its keys; `keys` under `home` when nothing is said. */
  readonly keys?: string
  /** The settings: who may write to them switches protection off. */
  readonly settings?: string
}

/** The same without links in their paths. */
type RealPlaces = GuardedPlaces & Required<Pick<GuardedPlaces, 'keys'>>

interface Place {
  readonly path: string
  readonly state: 'present' | 'absent' | 'closed'
}

/** Where a path leads. What stands behind a directory that may not be passed is neither there nor absent. */
const findPlace = (path: string): Place => {
  try {
    return { path: realpathSync(path), state: 'present' }
  } catch (error) {
    const isAbsent = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    return { path: resolve(path), state: isAbsent ? 'absent' : 'closed' }
  }
}

interface ModeRule {
  readonly rule: string
  readonly severity: Severity
  readonly title: string
  readonly expected: string
  readonly isBroken: (file: FileMode) => boolean
  readonly remediation: string
}

const othersMay = (mask: number) => (file: FileMode) => (file.mode & mask) !== 0
const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
const quoted = (path: string): string => (/^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

const maximumShown = 3

const findingOf = (rule: ModeRule, files: readonly FileMode[]): Finding[] => {
  const broken = files.filter(rule.isBroken)
  const [first] = broken
  if (first === undefined) return []
  const shown = broken.slice(0, maximumShown).map(({ path, target, mode }) => {
    const link = target === undefined ? '' : ` -> ${target}`
    return `${path}${link} (${octal(mode)})`
  })
  // A recursive chmod or chown leaves alone what links lead to.
  const behindLinks = broken.some(({ target }) => target !== undefined) ? ', and the same for what links lead to' : ''
  const more = broken.length > shown.length ? ` and ${broken.length - shown.length} more` : ''
  const { isBroken: _, expected, ...said } = rule
  return [
    hostFinding({
      ...said,
      remediation: `${said.remediation}${behindLinks}`,
      message: `expected ${expected}, found ${shown.join(', ')}${more}`,
      path: first.path,
      evidence: { files: broken.length },
      tags: ['CWE-732'],
    }),
  ]
}

const rulesOf = ({ home, keys, settings }: RealPlaces): ModeRule[] => {
  const isBelow = (directory: string | undefined, { path }: FileMode): boolean =>
    directory !== undefined && isWithin(path, directory)
  const isKey = (file: FileMode): boolean => isBelow(keys, file) || file.isSecret
  const isSetting = (file: FileMode): boolean => isBelow(settings, file)
  const own = process.getuid?.()
  return [
    {
      rule: 'host/secret-readable',
      severity: 'high',
      title: 'Others can read a secret',
      expected: 'keys, and files of credentials, that their owner alone may read (0600, directories 0700)',
      isBroken: (file) => isKey(file) && othersMay(0o077)(file),
      remediation: `chmod -R go= ${quoted(keys)}, and the other files that are named`,
    },
    {
      rule: 'host/others-write',
      severity: 'high',
      title: 'Others can change what protects the models',
      expected: 'an installation and settings that their owner alone may write to',
      isBroken: (file) => !isKey(file) && othersMay(0o022)(file),
      remediation: `chmod -R go-w ${[home, ...(settings === undefined ? [] : [settings])].map(quoted).join(' ')}`,
    },
    {
      rule: 'host/foreign-owner',
      severity: 'high',
      title: 'A file of the installation belongs to somebody else',
      expected: 'files of this user, or of root',
      isBroken: ({ owner }) => own !== undefined && own !== 0 && owner !== own && owner !== 0,
      remediation: `sudo chown -R "$(id -u):$(id -g)" ${quoted(home)}`,
    },
    {
      rule: 'host/installation-readable',
      severity: 'low',
      title: 'Others can read files of the installation',
      expected: 'files that their owner alone may read (0600, directories 0700)',
      isBroken: (file) => !isKey(file) && !isSetting(file) && othersMay(0o055)(file) && !othersMay(0o022)(file),
      remediation: `chmod -R go= ${quoted(home)}`,
    },
  ]
}

/**
 * Whether others can read secrets of an installation, or change it, by the modes and owners of its files. Their content is
 * looked at only to tell a private key from a public one.
 */
export const checkSecrets = (places: GuardedPlaces, platform: NodeJS.Platform = process.platform): HostCheck => {
  const home = findPlace(places.home)
  const keys = findPlace(places.keys ?? join(home.path, 'keys'))
  const settings = places.settings === undefined ? undefined : findPlace(places.settings)
  const all = [home, keys, ...(settings === undefined ? [] : [settings])]
  const pathsThatAre = (expected: Place['state']): string[] => [
    ...new Set(all.flatMap(({ path, state }) => (state === expected ? [path] : []))),
  ]
  const present = pathsThatAre('present')
  const roots = present.filter((path) => !present.some((other) => other !== path && isWithin(path, other)))
  const closed = pathsThatAre('closed')
  const absent = home.state === 'absent' ? `there is no installation at ${home.path} yet` : ''
  if (roots.length + closed.length === 0) return concludeCheck('secrets', `none: ${absent}`, [])
  if (platform === 'win32') {
    return { name: 'secrets', verdict: 'incomplete', summary: 'access lists of Windows cannot be read', findings: [] }
  }
  const { files, unread: unreadBelow } = readFileModes(roots)
  const real = { home: home.path, keys: keys.path, ...(settings === undefined ? {} : { settings: settings.path }) }
  const findings = rulesOf(real).flatMap((rule) => findingOf(rule, files))
  const unread = [...closed, ...unreadBelow]
  const counted = `${files.length} files and directories at ${roots.join(' and ') || 'no place that can be looked at'}`
  const check = concludeCheck('secrets', absent === '' ? counted : `${absent}; ${counted}`, findings)
  if (unread.length === 0 || check.verdict === 'fail') return check
  return { ...check, verdict: 'incomplete', summary: `${check.summary}; ${unread[0]} cannot be looked at` }
}
