import { setImmediate as turn } from 'node:timers/promises'
import type { Finding } from '@nootropic/core'
import { textsOf } from '../guards/text/text-tensors.ts'
import type { Tensors } from './guarded.ts'

/** A check of one text, which is called `path` in its findings. */
export type TextCheck = (text: string, path: string) => Finding[]

// More tell nobody anything, and a finding for each of thousands of texts fills the memory (CWE-770).
const enoughFindings = 20
// Others wait no longer for what texts cost than for one text.
const sliceMs = 5

/** Lets others have a turn of the event loop when this one has had its share. */
export const createSlices = (): (() => Promise<void>) => {
  let startedMs = performance.now()
  return async () => {
    if (performance.now() - startedMs < sliceMs) return
    await turn()
    startedMs = performance.now()
  }
}

/** Checks the texts of some tensors, one after the other, until enough was found. */
export const checkTexts = async (tensors: Tensors, check: TextCheck): Promise<Finding[]> => {
  const findings: Finding[] = []
  const slice = createSlices()
  for (const [text, path] of textsOf(tensors)) {
    findings.push(...check(text, path))
    if (findings.length >= enoughFindings) break
    await slice()
  }
  return findings
}
