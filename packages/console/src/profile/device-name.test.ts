import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceNameOf } from './device-name.ts'

test('A browser is called by its name and its system', () => {
  const agent = (rest: string) => `Mozilla/5.0 (${rest}`
  const names = [
    agent('Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'),
    agent('Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0'),
    agent('iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile/15E148 Safari/604.1'),
    agent('X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'),
    agent('Linux; Android 16) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36 MicroMessenger/8.0'),
  ].map(deviceNameOf)
  assert.deepEqual(names, [
    'Chrome · Windows',
    'Edge · Windows',
    'Safari · iPhone',
    'Firefox · Linux',
    'WeChat · Android',
  ])
})

test('What is no browser keeps its own words', () => {
  assert.equal(deviceNameOf('duoke token create'), 'duoke token create')
  assert.equal(deviceNameOf(''), '')
})
