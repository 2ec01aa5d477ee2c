import { wordClass as word } from './vocabulary.ts'

/** A sign made of words in an order. */
export interface Phrase {
  readonly sign: SignName
  /** From 0 to 1: how much it says alone. */
  readonly weight: number
  /** Classes of words, one after the other. */
  readonly steps: readonly number[]
  /** How many words further the next step may stand. */
  readonly gap: number
}

/** What each sign of prompt injection is. */
export const injectionSigns = {
  'instruction-override': 'tells the model to set earlier instructions aside',
  'prompt-disclosure': 'asks for the instructions that the model was given',
  'persona-change': 'gives the model another persona',
  'restraint-removal': 'speaks of answers without restraint',
  exfiltration: 'sends what is confidential somewhere',
  'exfiltrating-link': 'holds an image or link that carries data to another host',
  concealment: 'tells the model to keep something from the user',
  'fresh-instructions': 'announces new instructions',
  'false-ending': 'pretends that the untrusted text has ended',
  'chat-template-token': 'holds a control token of a chat template',
  'role-turn': 'imitates a turn of the system or the assistant',
  'many-shot': 'imitates a long conversation',
  'tool-call': 'imitates a call of a tool',
  'active-markup': 'holds markup that acts',
  'encoded-instructions': 'holds instructions in an encoding',
  'hidden-instructions': 'holds instructions that no reader sees',
  'disguised-words': 'spells instructions backwards or by rot13',
} as const

/** One of {@link injectionSigns}. */
export type SignName = keyof typeof injectionSigns

/** The signs that are made of words. Weights rank them; they are no probabilities. */
export const phrases: readonly Phrase[] = [
  { sign: 'instruction-override', weight: 0.75, steps: [word.override, word.earlier, word.directive], gap: 4 },
  { sign: 'instruction-override', weight: 0.75, steps: [word.override, word.directive, word.earlier], gap: 4 },
  { sign: 'instruction-override', weight: 0.75, steps: [word.earlier, word.directive, word.overrideLast], gap: 4 },
  { sign: 'instruction-override', weight: 0.65, steps: [word.override, word.your, word.directive], gap: 3 },
  { sign: 'instruction-override', weight: 0.4, steps: [word.override, word.every, word.directive], gap: 3 },
  { sign: 'instruction-override', weight: 0.6, steps: [word.override, word.every, word.earlier], gap: 2 },
  { sign: 'prompt-disclosure', weight: 0.65, steps: [word.reveal, word.hidden, word.directive], gap: 4 },
  { sign: 'prompt-disclosure', weight: 0.6, steps: [word.reveal, word.your, word.directive], gap: 3 },
  { sign: 'prompt-disclosure', weight: 0.45, steps: [word.reveal, word.every, word.earlier], gap: 2 },
  { sign: 'persona-change', weight: 0.35, steps: [word.you, word.are, word.now], gap: 1 },
  { sign: 'persona-change', weight: 0.65, steps: [word.you, word.are, word.persona], gap: 5 },
  { sign: 'persona-change', weight: 0.6, steps: [word.act, word.persona], gap: 4 },
  { sign: 'persona-change', weight: 0.4, steps: [word.persona, word.mode], gap: 1 },
  { sign: 'restraint-removal', weight: 0.4, steps: [word.without, word.restraint], gap: 3 },
  { sign: 'exfiltration', weight: 0.6, steps: [word.send, word.confidential, word.destination], gap: 6 },
  { sign: 'concealment', weight: 0.45, steps: [word.never, word.tell, word.user], gap: 3 },
  { sign: 'fresh-instructions', weight: 0.35, steps: [word.fresh, word.directive], gap: 2 },
  { sign: 'false-ending', weight: 0.35, steps: [word.end, word.document], gap: 3 },
  { sign: 'disguised-words', weight: 0.65, steps: [word.disguised, word.disguised], gap: 6 },
]
