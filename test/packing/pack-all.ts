// `npm run pack-all [-- FOLDER]`: tarballs of every package, ready to install elsewhere. Default folder: dist/.
import { resolve } from 'node:path'
import { root } from '../tidy/repository.ts'
import { packAll } from './pack.ts'

for (const tarball of await packAll(resolve(root, process.argv[2] ?? 'dist'))) console.log(tarball)
