// Takes the lock of the directory given, says so, and keeps it until it is ended.
import { tryLock } from '../../src/storage/index.ts'

const { release } = await tryLock(process.argv[2] as string, 'lock')
process.stdout.write(release === undefined ? 'held' : 'taken')
setInterval(() => {}, 1000)
