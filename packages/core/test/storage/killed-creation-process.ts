// Makes a private file and is killed after it has its name, before its temporary name is gone.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

fs.unlink = async () => void process.kill(process.pid, 'SIGKILL')
syncBuiltinESMExports()
const { createPrivateFile } = await import('../../src/storage/private-file.ts')
await createPrivateFile(process.argv[2] as string, Buffer.from('secret'))
