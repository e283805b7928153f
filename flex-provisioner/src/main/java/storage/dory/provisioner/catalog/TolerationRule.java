// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** One toleration, as in a pod. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TolerationRule(
    @Nullable String key,
    @Nullable String operator,
    @Nullable String value,
    @Nullable String effect,
    @Nullable Long tolerationSeconds) {}
