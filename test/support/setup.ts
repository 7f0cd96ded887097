/** Runs before every test file: the decorators' metadata polyfill, as in production's entry points. */
import 'reflect-metadata';
