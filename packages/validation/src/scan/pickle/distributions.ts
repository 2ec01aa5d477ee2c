import { operationsPerItem } from './effort.ts'
import type { ImportedName } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds, traits } from './machine/heap.ts'
import type { Machine } from './machine/machine.ts'

/** Attributes of a distribution that are written down as numbers and texts. */
const plainAttributes: ReadonlySet<string> = new Set(
  '__doc__ _stats_has_moments extradoc inc moment_tol moment_type name numargs shapes'.split(' '),
)
/** Attributes that may be objects: a number of numpy, a random generator, what the distribution was made with. */
const objectAttributes: ReadonlySet<string> = new Set('_ctor_param _random_state a b badvalue xtol'.split(' '))

const templateAttribute = '_parse_arg_template'
/** What it costs to compare one, in opcodes. */
const operationsPerTemplate = 64

const templateOf = (shapes: string, taken: string, given: string): string => `
def _parse_args(self, ${shapes} ${taken}):
    return (${shapes}), ${given}

def _parse_args_rvs(self, ${shapes} ${taken}, size=None):
    return self._argcheck_rvs(${shapes} ${given}, size=size)

def _parse_args_stats(self, ${shapes} ${taken}, moments='mv'):
    return (${shapes}), ${given}, moments
`

/** Whether a text is the one that scipy makes of the names of the parameters (scipy/stats/_distn_infrastructure.py). */
const isTemplate = (text: string): boolean => {
  const shapes = /^\ndef _parse_args\(self, ((?:[A-Za-z_]\w*, )*) loc=0/.exec(text)?.[1]
  if (shapes === undefined) return false
  return text === templateOf(shapes, 'loc=0, scale=1', 'loc, scale') || text === templateOf(shapes, 'loc=0', 'loc, 1')
}

/** Follows the distributions of scipy, which run the text `_parse_arg_template` of their state while they are loaded. */
export class Distributions {
  readonly #machine: Machine
  readonly #made = new Set<Value>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** A call of an allowed name gave `result`. */
  called({ judgement }: ImportedName, result: Value): void {
    if (judgement.verdict === 'allowed' && judgement.rule === 'distribution') this.#made.add(result)
  }

  /** A state was given to `target`: what is wrong with it, or nothing. */
  built(target: Value, state: Value): string | undefined {
    if (!this.#made.has(target)) return undefined
    const { heap, effort } = this.#machine
    effort.take(operationsPerItem * heap.countOf(state))
    const items = heap.is(state, kinds.dict) ? heap.allItemsOf(state) : undefined
    if (items === undefined) return 'a state that cannot be told'
    for (let index = 0; index + 1 < items.length; index += 2) {
      const [key = 0, value = 0] = items.slice(index, index + 2)
      const name = key >= 0 ? this.#machine.nameAt(key) : undefined
      if (name === templateAttribute) {
        effort.take(operationsPerTemplate)
        const template = value >= 0 ? this.#machine.nameAt(value) : undefined
        if (template === undefined || !isTemplate(template)) return 'code that scipy runs and did not write'
      } else if (name !== undefined && objectAttributes.has(name)) {
        const isData = value >= 0 || heap.is(value, kinds.object) || heap.is(value, kinds.dict)
        if (!isData || (heap.presentTraitsOf(value) & traits.hook) !== 0) return `something else as ${name}`
      } else if (name === undefined || !plainAttributes.has(name) || value < 0) {
        return 'an attribute that no distribution has'
      }
    }
    return undefined
  }
}
