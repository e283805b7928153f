// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;

/** How a call to the Kubernetes API ended. */
public sealed interface ApiReply {

  /** The object, as the API holds it. */
  record Answered(JsonNode object) implements ApiReply {}

  /** There is an object of that name already. */
  record Taken() implements ApiReply {}

  /** There is no object of that name. */
  record Missing() implements ApiReply {}

  /**
   * The account may not do it, or an admission rule says no.
   *
   * @param words the API server's own
   */
  record Forbidden(String words) implements ApiReply {}

  /**
   * The request can never work.
   *
   * @param words the API server's own
   */
  record Invalid(String words) implements ApiReply {}

  /**
   * It may work later.
   *
   * @param why what was tried and why it failed
   * @param mayHaveHappened false only when it certainly was not done and will not be
   */
  record Failed(String why, boolean mayHaveHappened) implements ApiReply {}
}
