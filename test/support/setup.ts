/** Loaded before every test file: the polyfill for the metadata of decorators, as in the entry points of production. */
import 'reflect-metadata';
