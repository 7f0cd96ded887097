/** Queries for facts about this service. */
import { Query, Resolver } from 'type-graphql';
import type { Context } from '../../context.js';
import { FromContext } from '../field.js';
import { Service } from '../types/service.js';

@Resolver()
export class ServiceResolver {
  @Query(() => Service, {
    description:
      'Facts about this service: its version, its limits, and what its upstream can do. Costs no upstream request.',
  })
  @FromContext()
  service({ service }: Context): Service {
    return new Service(service);
  }
}
