import { scan } from '../../src/scan/index.ts'

/** The rows `name\tbase64` whose file does not pass, with the first finding. */
export const blockedOf = async (rows: Iterable<string>): Promise<string[]> => {
  const blocked: string[] = []
  for (const row of rows) {
    const [name = '', encoded = ''] = row.split('\t')
    const { verdict, findings } = await scan(Buffer.from(encoded, 'base64'))
    if (verdict !== 'pass') blocked.push(`${name}: ${verdict} ${findings[0]?.message ?? ''}`)
  }
  return blocked
}
