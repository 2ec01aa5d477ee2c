import type { Sighting } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import type { Payload } from './payload.ts'
import type { PickleRun } from './pickle-run.ts'
import { actsPlausibly, namesOf } from './refused-imports.ts'
import { pickleRules } from './rules.ts'

const proto = 0x80

/** What there is to tell of a payload inside a text or bytes; nothing when it is only data that looks like one. */
export const sightingOfPayload = (
  { kind, content, wrappings }: Payload,
  run: (pickle: ByteSource) => PickleRun,
): Sighting | undefined => {
  const wrapped = wrappings.length === 0 ? '' : ` in ${wrappings.join(' in ')}`
  if (kind === 'code') {
    return {
      rule: pickleRules['code-object'],
      message: `expected data, found compiled Python code${wrapped}`,
      severity: 'medium',
    }
  }
  const inner = run(content)
  const rule = pickleRules[wrappings.length === 0 ? 'nested-pickle' : 'encoded-pickle']
  if (actsPlausibly(inner)) {
    const evidence = { calls: [...inner.log.calls], imports: namesOf(inner) }
    return { rule, message: `expected data, found a pickle${wrapped} that imports ${namesOf(inner)}`, evidence }
  }
  const isWhole = inner.end.kind === 'stop' && inner.end.offset === content.size && content.read(0, 1)[0] === proto
  // It does no harm, but no library keeps plain data so: the next stage may be in what it holds.
  if (!isWhole) return undefined
  return { rule, message: `expected data, found a whole pickle${wrapped}`, severity: 'medium' }
}
