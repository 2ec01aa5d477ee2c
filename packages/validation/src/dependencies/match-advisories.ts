import { isAtLeast } from '@nootropic/core'
import { printable, type Sighting } from '../scan/rule.ts'
import type { Dependency } from './dependency.ts'
import type { Advisory } from './osv/advisory.ts'
import { affects } from './osv/affects.ts'
import { type DatabaseReading, packageKey } from './osv/database.ts'
import { severityOf } from './osv/severity.ts'
import { orderOf } from './osv/versions.ts'
import { dependencyRules } from './rules.ts'

/** What proves a finding on a package. */
export const evidenceOf = ({ ecosystem, name, version, isDirect, chain }: Dependency) => ({
  ecosystem,
  package: name,
  version: version ?? '',
  direct: isDirect,
  chain: [...chain],
})

/** Advisories that are one, joined by their aliases: GitHub's and PyPA's record of the same fault. */
const joinAliases = (advisories: readonly Advisory[]): readonly (readonly Advisory[])[] => {
  const groups: { readonly ids: Set<string>; readonly members: Advisory[] }[] = []
  for (const advisory of advisories) {
    const ids = [advisory.id, ...advisory.aliases]
    const known = groups.find((group) => ids.some((id) => group.ids.has(id)))
    if (known === undefined) groups.push({ ids: new Set(ids), members: [advisory] })
    else {
      known.members.push(advisory)
      for (const id of ids) known.ids.add(id)
    }
  }
  return groups.map(({ members }) => members)
}

const isMalware = (advisory: Advisory): boolean => advisory.id.startsWith('MAL-')

const sightingOf = (dependency: Dependency, joined: readonly Advisory[], fixedIn: readonly string[]): Sighting => {
  const first = joined.find(isMalware) ?? joined[0]
  const ids = [...new Set(joined.flatMap(({ id, aliases }) => [id, ...aliases]))]
  const summary = joined.map((advisory) => advisory.summary).find((text) => text !== '') ?? ''
  const fixed = fixedIn.length === 0 ? 'no fixed version is known' : `fixed in ${fixedIn.join(', ')}`
  const isHarmful = joined.some(isMalware)
  const rule = isHarmful ? dependencyRules.malicious : dependencyRules.vulnerable
  return {
    rule: { ...rule, references: [...(first?.references ?? []), ...rule.references] },
    message: `expected no advisory on ${dependency.name} ${dependency.version}, found ${first?.id}: ${printable(summary)} (${fixed})`,
    inside: dependency.chain.join(' > '),
    evidence: { ...evidenceOf(dependency), advisories: ids, fixedIn: [...fixedIn] },
    // Several databases may rate one fault; none of them is ignored for the mildest.
    severity: isHarmful ? 'critical' : joined.map(severityOf).toSorted((a, b) => (isAtLeast(a, b) ? -1 : 1))[0],
    tags: ids.filter((id) => /^(CVE|GHSA|MAL)-/.test(id)),
  }
}

/** Advisories that name a version, and whether there are others that could not be compared with it. */
export const matchAdvisories = (
  dependency: Dependency,
  version: string,
  { advisories }: DatabaseReading,
): Sighting[] => {
  const key = packageKey(dependency.ecosystem, dependency.name)
  const order = orderOf(dependency.ecosystem)
  const matched: Advisory[] = []
  const fixes = new Set<string>()
  let isUnknown = !order.isValid(version)
  for (const advisory of advisories.get(key) ?? []) {
    for (const affected of advisory.affected) {
      if (packageKey(affected.ecosystem, affected.name) !== key) continue
      const { isAffected, fixedIn } = affects(affected, version, order)
      if (isAffected === 'unknown') isUnknown = true
      if (isAffected !== true) continue
      if (!matched.includes(advisory)) matched.push(advisory)
      for (const fix of fixedIn.slice(0, 1)) fixes.add(`${advisory.id} ${fix}`)
    }
  }
  const sightings = joinAliases(matched).map((joined) => {
    const fixedIn = joined.flatMap(({ id }) => [...fixes].filter((fix) => fix.startsWith(`${id} `)))
    return sightingOf(dependency, joined, [...new Set(fixedIn.map((fix) => fix.slice(fix.indexOf(' ') + 1)))])
  })
  if (!isUnknown) return sightings
  return [
    ...sightings,
    {
      rule: dependencyRules['unknown-version'],
      message: `expected versions of ${dependency.name} that compare, found ${printable(version)}`,
      inside: dependency.chain.join(' > '),
      evidence: evidenceOf(dependency),
    },
  ]
}
