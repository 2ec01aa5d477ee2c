import { enforcedSettings as validationSettings } from '@nootropic/validation'

/** The settings that are honoured today, as `notYetEnforced` takes them; `nootropic manifest check` lists all others. */
export const enforcedSettings: ReadonlySet<string> = new Set([...validationSettings])
