'use strict'

// Lays out what is published, a folder for each package: `exhook` without a native module, and one
// package for each platform whose native module is in native/.
//
// node scripts/stage.js [FOLDER]    FOLDER is target/npm of the workspace unless it is named

const fs = require('node:fs')
const path = require('node:path')

const { PLATFORMS, fileOf, packageOf } = require('../lib/platforms.js')

const PACKAGE = path.join(__dirname, '..')
const WORKSPACE = path.join(PACKAGE, '..')
const MAIN_FOLDERS = ['bin', 'lib']

/**
 * What all packages say of themselves.
 *
 * @typedef {{ version: string, license: string, [name: string]: any }} Manifest
 */

/** @param {string} out */
function stage(out) {
  const manifest = JSON.parse(fs.readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'))
  fs.rmSync(out, { recursive: true, force: true })
  stageMain(path.join(out, 'exhook'), manifest)
  const built = Object.keys(PLATFORMS).filter((name) => fs.existsSync(nativeFile(name)))
  for (const platform of built) {
    stagePlatform(path.join(out, platform), platform, manifest)
  }
  console.log(`staged ${['exhook', ...built.map(packageOf)].join(', ')} in ${out}`)
}

/**
 * @param {string} folder
 * @param {Manifest} manifest
 */
function stageMain(folder, manifest) {
  // They are of use in the sources only.
  const { scripts, devDependencies, ...published } = manifest
  const names = Object.keys(PLATFORMS).map(packageOf)
  write(folder, {
    ...published,
    files: MAIN_FOLDERS,
    optionalDependencies: Object.fromEntries(names.map((name) => [name, manifest.version])),
  })
  for (const name of MAIN_FOLDERS) {
    fs.cpSync(path.join(PACKAGE, name), path.join(folder, name), { recursive: true })
  }
  fs.copyFileSync(path.join(PACKAGE, 'README.md'), path.join(folder, 'README.md'))
}

/**
 * @param {string} folder
 * @param {string} platform
 * @param {Manifest} manifest
 */
function stagePlatform(folder, platform, { version, license, engines }) {
  const { os, cpu, libc } = PLATFORMS[platform]
  const file = fileOf(platform)
  write(folder, {
    name: packageOf(platform),
    version,
    description: `The native module of exhook for ${platform}`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    libc: libc && [libc],
    type: 'commonjs',
    main: file,
    files: [file],
  })
  fs.copyFileSync(nativeFile(platform), path.join(folder, file))
  fs.writeFileSync(
    path.join(folder, 'README.md'),
    `# ${packageOf(platform)}\n\nThe native module of the package exhook for ${platform}. It comes\nwith exhook where it is needed; there is no use in installing it alone.\n`,
  )
}

/**
 * @param {string} folder
 * @param {object} manifest
 */
function write(folder, manifest) {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  fs.copyFileSync(path.join(WORKSPACE, 'LICENSE'), path.join(folder, 'LICENSE'))
}

/** @param {string} platform */
function nativeFile(platform) {
  return path.join(PACKAGE, 'native', fileOf(platform))
}

stage(path.resolve(process.argv[2] ?? path.join(WORKSPACE, 'target', 'npm')))
