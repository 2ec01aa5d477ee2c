import type { Rule, Sighting } from '../rule.ts'
import type { ImportedName } from './import-ledger.ts'

/** What is told of one pickle under each rule at most; a hostile one could make a million sightings (CWE-770). */
const maximumPerRule = 16
const maximumReasons = 8
const maximumCalls = 20
const maximumCallLength = 300

/** What a sighting is about: it is told once. */
type Subject = string | ImportedName

/** What there is to tell of one pickle, each thing once. */
export class SightingLog {
  readonly sightings: Sighting[] = []
  /** Why not all of it was looked at. */
  readonly reasons = new Set<string>()
  /** The calls of names that are not allowed, as Python would write them. */
  readonly calls: string[] = []
  readonly #told = new Map<Rule, Set<Subject>>()

  /** Tells a sighting unless the same `subject` was told under this rule. */
  tell(rule: Rule, at: number, message: string, more: Partial<Sighting> = {}, subject: Subject = ''): void {
    if (!this.takes(rule, subject)) return
    const subjects = this.#told.get(rule) ?? new Set<Subject>()
    this.#told.set(rule, subjects.add(subject))
    this.sightings.push({ rule, offset: at, message, ...more })
  }

  /** Whether there is still something to tell of a subject: what is told again need not be put into words. */
  takes(rule: Rule, subject: Subject = ''): boolean {
    const subjects = this.#told.get(rule)
    return subjects === undefined || (subjects.size < maximumPerRule && !subjects.has(subject))
  }

  /** Takes over what was told of a pickle that is a part of this one. */
  absorb(inner: SightingLog): void {
    for (const { rule, offset = 0, message, ...more } of inner.sightings) {
      this.tell(rule, offset, message, more, more.inside)
    }
    for (const reason of inner.reasons) this.incomplete(reason)
    for (const call of inner.calls) this.call(call)
  }

  incomplete(reason: string): void {
    if (this.reasons.size < maximumReasons) this.reasons.add(reason)
  }

  /** Keeps a call for a reader; answers how it is shown. */
  call(call: string): string {
    const shown = call.length > maximumCallLength ? `${call.slice(0, maximumCallLength)}…` : call
    if (this.calls.length < maximumCalls && !this.calls.includes(shown)) this.calls.push(shown)
    return shown
  }
}
