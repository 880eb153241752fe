// execa, in a bundle of its own (scripts/build.mjs): half of the command line is execa, and few calls need it.
import './older-node.ts';

export { execa, ExecaError, type Options } from 'execa';
