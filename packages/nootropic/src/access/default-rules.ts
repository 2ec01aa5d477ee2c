import type { Rule } from '@nootropic/access'

/**
 * Who may do what where the host says nothing else: an `operator` everything with models, a `caller` may run any of them. A
 * key's scopes narrow it to single models.
 */
export const defaultRules: readonly Rule[] = [
  {
    id: 'operators-do-everything',
    effect: 'permit',
    principal: { role: 'operator' },
    actions: 'any',
    resource: { type: 'model' },
  },
  {
    id: 'callers-execute',
    effect: 'permit',
    principal: { role: 'caller' },
    actions: ['execute'],
    resource: { type: 'model' },
  },
]

/** The rule that lets a role run one model. */
export const mayExecute = (role: string, model: string): Rule => ({
  id: `${role}-executes-${model}`,
  effect: 'permit',
  principal: { role },
  actions: ['execute'],
  resource: { type: 'model', id: model },
})
