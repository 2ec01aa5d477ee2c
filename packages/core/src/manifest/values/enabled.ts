import { z } from 'zod'

/** `enabled` or `disabled` → true or false. */
export const enabledSchema = z.enum(['enabled', 'disabled']).transform((text) => text === 'enabled')
