#!/usr/bin/env node
'use strict'

require('../lib/command/main.js').main(process.argv.slice(2))
