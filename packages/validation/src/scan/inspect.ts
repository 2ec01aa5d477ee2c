import { type Finding, isNootropicError, severities } from '@nootropic/core'
import type { Budget } from './budget.ts'
import { containerFormats } from './containers/formats.ts'
import { checkEmbedded } from './embedded/check-embedded.ts'
import { checkWeights } from './embedded/check-weights.ts'
import { fileRules } from './file-rules.ts'
import { type Format, sampleOf } from './format.ts'
import { formats } from './formats.ts'
import type { Inspection, Part } from './inspection.ts'
import type { ScanLimits } from './limits.ts'
import { pickleFormats } from './pickle/formats.ts'
import { containerSeparator, findingOf, type Sighting } from './rule.ts'
import type { Scratch } from './scratch.ts'
import type { ByteSource } from './source.ts'

/** What looking at one content gave. */
export interface ContentScan {
  readonly format: string
  /** Worst first. */
  readonly findings: readonly Finding[]
  /** Why not all of it was looked at. */
  readonly incomplete?: string
  /** Whether files beside it were looked at too. */
  readonly dependsOnDirectory?: boolean
}

/** Reasons that are told; a hostile archive could give one for each of its entries. */
const maximumReasons = 10

/** Sightings that later ones are compared with (CWE-770). */
const maximumCompared = 10_000

interface Collector {
  report(sighting: Sighting, trail: readonly string[], part: ByteSource): void
  incomplete(reason: string, trail: readonly string[]): void
  readonly scan: (format: string) => ContentScan
}

// Worst first before any are left out: a hundred harmless findings must not hide the one that counts.
const worstFirst = (left: Finding, right: Finding): number =>
  severities.indexOf(left.severity) - severities.indexOf(right.severity)

const createCollector = (path: string, limits: ScanLimits): Collector => {
  const byRule = new Map<string, Finding[]>()
  const seen = new Map<ByteSource, Set<string>>()
  /** Whether the same was said of the same byte: an entry of an archive is read by itself and swept with the whole. */
  const isRepeated = ({ rule, message, offset }: Sighting, part: ByteSource): boolean => {
    if (offset === undefined) return false
    const { source, offset: start } = part.within ?? { source: part, offset: 0 }
    const said = seen.get(source) ?? new Set()
    seen.set(source, said)
    const key = `${start + offset} ${rule.id} ${message}`
    if (said.size >= maximumCompared) return said.has(key)
    return said.size === said.add(key).size
  }
  const reasons: string[] = []
  let reasonCount = 0
  return {
    report(sighting, trail, part) {
      if (isRepeated(sighting, part)) return
      const known = byRule.get(sighting.rule.id) ?? []
      byRule.set(sighting.rule.id, known)
      known.push(findingOf(sighting, path, trail))
      if (known.length < 2 * limits.findingsPerRule) return
      known.sort(worstFirst).splice(limits.findingsPerRule)
    },
    incomplete(reason, trail) {
      reasonCount += 1
      const where = trail.join(containerSeparator)
      if (reasons.length < maximumReasons) reasons.push(where === '' ? reason : `${where}: ${reason}`)
    },
    scan(format) {
      const findings = [...byRule.values()]
        .flatMap((found) => found.sort(worstFirst).slice(0, limits.findingsPerRule))
        .sort(worstFirst)
      const more = reasonCount - reasons.length
      if (reasonCount === 0) return { format, findings }
      return { format, findings, incomplete: `${reasons.join('; ')}${more > 0 ? `; and ${more} more` : ''}` }
    },
  }
}

/** Every format that the content is, the surest first; one that is only likely counts when none is certain. */
const recognise = (content: ByteSource): readonly Format[] => {
  const sample = sampleOf(content)
  const certain: Format[] = []
  let likely: Format | undefined
  for (const format of formats) {
    const recognition = format.recognise(sample)
    if (recognition === 'certain') certain.push(format)
    else if (recognition === 'likely') likely ??= format
  }
  if (certain.length === 0) return likely === undefined ? [] : [likely]
  const included = new Set(certain.flatMap(({ includes = [] }) => includes))
  return certain.filter(({ name }) => !included.has(name))
}

/** What is known of a content, and what looking at it may cost. */
export interface InspectOptions {
  readonly path: string
  readonly limits: ScanLimits
  readonly budget: Budget
  readonly scratch: Scratch
  readonly directory?: string | undefined
  readonly expected?: Part['expected']
  readonly signal?: AbortSignal | undefined
  /** Whether the bytes are swept for programs and pickles inside them; without it only the structure is looked at. */
  readonly isSwept: boolean
}

/** Looks at a content and at everything inside it. */
export const inspect = async (content: ByteSource, options: InspectOptions): Promise<ContentScan> => {
  const { path, limits, budget, scratch } = options
  const collector = createCollector(path, limits)

  let dependsOnDirectory = false
  const none: ReadonlySet<number> = new Set()
  const pickles = new Map<ByteSource, Set<number>>()
  const picklesIn = (source: ByteSource): Set<number> => {
    const known = pickles.get(source) ?? new Set()
    pickles.set(source, known)
    return known
  }

  const visit = async (part: ByteSource, trail: readonly string[], expected: Part['expected']): Promise<string> => {
    let name = expected === 'weights' ? 'weights' : 'unknown'
    const inspection: Inspection = {
      path,
      get directory() {
        dependsOnDirectory = true
        return trail.length === 0 ? options.directory : undefined
      },
      trail,
      limits,
      budget,
      report: (sighting) => collector.report(sighting, trail, part),
      incomplete: (reason) => collector.incomplete(reason, trail),
      refine: (dialect) => {
        name = dialect
      },
      enter: async (inner) => {
        await guard(inner.name, async () => {
          budget.checkDepth(trail.length + 1)
          await visit(inner.content, [...trail, inner.name], inner.expected)
        })
      },
      expand: (chunks) => scratch.gather(counted(chunks, budget)),
    }
    // A part that cannot be looked at leaves the others to be looked at, and the whole incomplete.
    const guard = async (what: string, work: () => void | Promise<void>): Promise<void> => {
      try {
        budget.checkTime()
        await work()
      } catch (error) {
        if (isNootropicError(error, 'LIMIT_EXCEEDED')) return inspection.incomplete(error.message)
        if (options.signal?.aborted) throw error
        // A defect of a reader must not pass a file, nor keep the rest from being looked at.
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        inspection.incomplete(`the reader of ${what} failed: ${reason}`)
      }
    }

    let isContainer = false
    const read = async (found: readonly Format[]): Promise<void> => {
      const [first, ...others] = found
      if (first === undefined) return inspection.incomplete('not scanned: its format is not recognised')
      isContainer = found.some((format) => containerFormats.includes(format))
      if (found.some((format) => pickleFormats.includes(format))) {
        const { source, offset } = part.within ?? { source: part, offset: 0 }
        picklesIn(source).add(offset)
      }
      name = first.name
      await guard(first.name, () => first.inspect(part, inspection))
      for (const other of others) {
        if (!first.carries?.includes(other.name)) {
          inspection.report({
            rule: fileRules.polyglot,
            message: `expected one format, found ${first.title} that is also ${other.title}: what it is depends on its reader`,
            evidence: { formats: [first.name, other.name] },
          })
        }
        await guard(other.name, () => other.inspect(part, { ...inspection, refine: () => {} }))
      }
    }

    if (part.size === 0) {
      if (trail.length === 0) {
        inspection.report({ rule: fileRules.empty, message: 'expected a model, found no bytes' })
        inspection.incomplete('there is nothing to look at')
      }
      return 'empty'
    }
    if (expected === 'weights') {
      if (options.isSwept) await guard('weights', () => checkWeights(part, inspection))
    } else {
      const named = formats.find((format) => format.name === expected)
      await read(named === undefined ? recognise(part) : [named])
    }
    // Bytes that are a part of others are swept with them.
    if (options.isSwept && part.within === undefined) {
      await guard('embedded content', () =>
        checkEmbedded(part, inspection, { isContainer, pickles: pickles.get(part) ?? none }),
      )
    }
    return name
  }

  const format = await visit(content, [], options.expected)
  return { ...collector.scan(format), dependsOnDirectory }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  budget: Budget,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.takeExpanded(chunk.length)
    budget.checkTime()
    yield chunk
  }
}
