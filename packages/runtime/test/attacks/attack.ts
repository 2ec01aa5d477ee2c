import type { Effect } from './bait.ts'

/**
 * What a success looks like. The host sees it from outside, but for `word`: the kernel did as it was asked, and nobody but the
 * attacker can see it. `end`: the worker cannot be ended, or what it started lives on; `burden`: the host itself takes memory
 * for it.
 */
export type Success = Effect | 'word' | 'end' | 'burden'

/**
 * What shows that the attack works where nothing holds it: an ordinary user's process (`works`), the same where the
 * kernel's configuration allows it (`depends`), or root's in namespaces of its own (`privileged`). `none`: it would harm the
 * machine, or arguments were chosen that no kernel acts on.
 */
export type Control = 'works' | 'depends' | 'privileged' | 'none'

/** An attack: its name in native/*.c, what it tries, what its success looks like. */
export interface Attack {
  readonly name: string
  readonly tries: string
  readonly success: Success
  readonly control: Control
  /** Bytes, or as many as it makes, beyond which it has come through. */
  readonly amount: number
  /** It may end its worker or hold it up: it gets one of its own. */
  readonly isAlone: boolean
}

type Row = readonly [name: string, tries: string, control?: Control]

/** Attacks with the same success. */
export const of = (success: Success, rows: readonly Row[], more: Partial<Attack> = {}): Attack[] =>
  rows.map(([name, tries, control = 'works']) => ({
    name,
    tries,
    success,
    control,
    amount: 0,
    isAlone: false,
    ...more,
  }))

export const mebibyte = 1024 ** 2
