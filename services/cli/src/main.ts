#!/usr/bin/env -S node --conditions=troupe:source
