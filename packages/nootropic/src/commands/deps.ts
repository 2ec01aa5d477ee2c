import { resolve } from 'node:path'
import { readManifests } from '@nootropic/core/manifest'
import { checkDependencies, type DependencyOptions, type DependencyOutcome } from '@nootropic/validation'
import { dependencySettings } from '../dependency-settings.ts'
import { type Invocation, operand, type Streams, textOption, type Verb } from '../verb.ts'

const fromManifests = async (invocation: Invocation, streams: Streams): Promise<DependencyOptions> => {
  const path = textOption(invocation, 'manifests')
  if (path === undefined) return {}
  return dependencySettings(await readManifests(resolve(streams.directory, path)), streams.environment)
}

const outcomeText = ({ verdict, findings, files, packages, database, incomplete }: DependencyOutcome): string =>
  [
    `${verdict}: ${packages} packages in ${files.length} files`,
    ...(database === undefined
      ? []
      : [`database: ${database.records} advisories, the newest ${database.ageDays} days old`]),
    ...findings.map(({ severity, rule, message, location, remediation }) => {
      const where = location.inside === undefined ? location.path : `${location.path}, ${location.inside}`
      return `  ${severity} ${rule} in ${where}: ${message}. ${remediation}`
    }),
    ...incomplete.map((reason) => `  not checked: ${reason}`),
    '',
  ].join('\n')

export const deps: Verb = {
  name: 'deps',
  operands: 'PATH',
  summary: 'match what a project installs against advisories on this machine',
  options: {
    database: {
      type: 'string',
      value: 'PATH',
      description: 'a folder of OSV records, or the zip that OSV publishes; nothing is fetched',
    },
    manifests: {
      type: 'string',
      value: 'DIR',
      description: 'settings: the scope and the database of a DependencyScanning manifest',
    },
  },
  async run(invocation, streams) {
    const path = resolve(streams.directory, operand(invocation, 0, 'a directory, or a lock or requirement file'))
    const database = textOption(invocation, 'database')
    const outcome = checkDependencies(path, {
      ...(await fromManifests(invocation, streams)),
      ...(database === undefined ? {} : { database: resolve(streams.directory, database) }),
    })
    const exit = outcome.verdict === 'pass' ? 0 : outcome.verdict === 'fail' ? 1 : 4
    return { exit, document: { ...outcome }, text: outcomeText(outcome) }
  },
}
