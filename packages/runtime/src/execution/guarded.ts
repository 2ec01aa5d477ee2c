import { type ErrorCode, type Finding, NootropicError, type Tensor } from '@nootropic/core'

/** Tensors by their names. */
export type Tensors = Readonly<Record<string, Tensor>>

/** Tensors that may go on, and what was done with them. */
export interface Guarded {
  readonly tensors: Record<string, Tensor>
  readonly changes: readonly string[]
  /** What was found and is only told. */
  readonly reported: readonly Finding[]
}

// A message is for a person to read.
const listedMessages = 5

/** @throws NootropicError `code` with `details.findings`, when there are any */
export const verifyNothingFound = (findings: readonly Finding[], code: ErrorCode): void => {
  if (findings.length === 0) return
  const messages = [...new Set(findings.map(({ message }) => message))]
  const more = messages.length > listedMessages ? `; and ${messages.length - listedMessages} more` : ''
  throw new NootropicError(code, `${messages.slice(0, listedMessages).join('; ')}${more}`, { details: { findings } })
}

/** How often each rule is among findings, such as `text/e-mail (3)`: what may be kept of them, as it says nothing of what was found. */
export const countByRule = (findings: readonly Finding[]): string => {
  const counts = new Map<string, number>()
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return [...counts].map(([rule, count]) => `${rule} (${count})`).join(', ')
}
