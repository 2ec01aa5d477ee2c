import { readdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { combineVerdicts, type Finding, NootropicError, type Verdict } from '@nootropic/core'
import { type ManifestSet, parseManifestSet, readManifests } from '@nootropic/core/manifest'
import type { HostCheck, HostReport } from '@nootropic/runtime'
import { createSandbox, isolationLevels } from '@nootropic/runtime/sandbox'
import { executionSettings } from '../execution-settings.ts'
import { defaultHome, homeAt, userPath } from '../home.ts'
import { sandboxSettings } from '../sandbox-settings.ts'
import { type Streams, textOption, type Verb } from '../verb.ts'
import { checkThisHost } from '../watch/host-check.ts'
import { checkProtectedPaths, protectedPaths } from '../watch/model-permissions.ts'
import { choose } from './choose.ts'

/** What makes a directory an installation: one of these is there from its first use on. */
const partsOfHome = ['keys', 'state.db', 'models', 'audit']

/**
 * Verifies that a directory is an installation, or can become one: modes of other files say nothing about models.
 *
 * @throws NootropicError `USAGE`
 */
const verifyHome = async (home: string): Promise<void> => {
  const status = await stat(home).catch((error: NodeJS.ErrnoException) => error.code)
  // What is there and cannot be looked at is told by the check.
  if (typeof status !== 'object') return
  const expected = 'expected --home to name the directory of an installation, or one that is still to be made'
  if (!status.isDirectory()) throw new NootropicError('USAGE', `${expected}, ${home} is a file; name its directory`)
  const names = await readdir(home).catch(() => partsOfHome)
  if (names.length > 0 && !names.some((name) => partsOfHome.includes(name))) {
    throw new NootropicError('USAGE', `${expected}, ${home} holds other files; name another (default ${defaultHome})`)
  }
}

const permissionsVerdict = (findings: readonly Finding[]): Verdict => {
  if (findings.length === 0) return 'pass'
  const isUnchecked = ({ rule }: Finding): boolean => /^permissions\/(unreadable|limit)$/.test(rule)
  return findings.every(isUnchecked) ? 'incomplete' : 'fail'
}

/** Owners and modes of the paths that ModelPermissions manifests name, where there are any. */
const checkModelPermissions = async (
  settings: ManifestSet,
  place: Parameters<typeof protectedPaths>[1],
): Promise<HostCheck[]> => {
  const permissions = protectedPaths(settings, place)
  if (permissions.length === 0) return []
  const findings = await checkProtectedPaths(permissions)
  const summary = `${permissions.length} paths of ModelPermissions`
  return [{ name: 'permissions', verdict: permissionsVerdict(findings), summary, findings }]
}

const marks = { pass: 'ok', fail: 'FAIL', incomplete: '?' } as const

const findingText = ({ severity, title, message, remediation }: Finding): string =>
  `        ${severity}: ${title}: ${message}\n          mend: ${remediation}`

const checkText = ({ name, verdict, summary, findings }: HostCheck): string =>
  [`${marks[verdict].padEnd(6)}${name.padEnd(12)}${summary}`, ...findings.map(findingText)].join('\n')

const reportText = ({ verdict, checks }: Pick<HostReport, 'verdict' | 'checks'>): string =>
  `${checks.map(checkText).join('\n')}\n${verdict}\n`

const readSettings = async (manifests: string | undefined, { directory }: Streams): Promise<ManifestSet> =>
  manifests === undefined ? parseManifestSet([]) : readManifests(userPath(manifests, directory))

export const doctor: Verb = {
  name: 'doctor',
  operands: '',
  summary: 'check this host: isolation that is proved, secrets that others can read, what to mend',
  options: {
    home: { type: 'string', value: 'DIR', description: `the installation, made or not (default ${defaultHome})` },
    manifests: { type: 'string', value: 'DIR', description: 'the settings: what is required, and what is checked' },
    isolation: {
      type: 'string',
      value: 'LEVEL',
      description: `the least isolation to accept: ${isolationLevels.join(', ')}`,
    },
  },
  async run(invocation, streams) {
    const level = textOption(invocation, 'isolation')
    const manifests = textOption(invocation, 'manifests')
    const settings = await readSettings(manifests, streams)
    const directory = userPath(textOption(invocation, 'home') ?? defaultHome, streams.directory)
    await verifyHome(directory)
    const home = homeAt(directory, settings, streams.environment)
    const sandboxed = sandboxSettings(settings, executionSettings(settings).policy)
    const required =
      level === undefined ? (sandboxed.require ?? 'standard') : choose('isolation', level, isolationLevels)
    const sandbox = createSandbox({ ...sandboxed, require: required })
    const places = {
      home: directory,
      keys: home.keys,
      ...(manifests === undefined ? {} : { settings: resolve(userPath(manifests, streams.directory)) }),
    }
    const report = await checkThisHost({ settings, places, sandbox, required })
    const place = { root: directory, environment: streams.environment }
    const checks = [...report.checks, ...(await checkModelPermissions(settings, place))]
    const verdict = combineVerdicts([report.verdict, ...checks.map((check) => check.verdict)])
    return {
      exit: verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 4,
      document: { verdict, home: directory, checks, isolation: report.isolation ?? null, facts: report.facts },
      text: reportText({ verdict, checks }),
    }
  },
}
