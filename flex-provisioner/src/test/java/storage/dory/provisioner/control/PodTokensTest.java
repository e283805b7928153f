// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.order;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.claim.Plan;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodReader;

class PodTokensTest {
  private static final String FORMER = "former-opaque-word";

  private final List<String> asked = new ArrayList<>();
  private final PodTokens tokens =
      new PodTokens((namespace, name) -> {
        asked.add(namespace + "/" + name);
        return Optional.of(
            new SecretBuilder()
                .withData(
                    Map.of(
                        "service-token",
                        Base64.getEncoder()
                            .encodeToString((FORMER + "\n").getBytes(StandardCharsets.UTF_8))))
                .build());
      });

  @Test
  void tokenThatThePodWasHandedIsStruckOutAlthoughNoConfigMapHoldsItAnyMore() {
    View view = view(Map.of("service-token", FORMER));

    for (int i = 0; i < 2; i++) {
      assertThat(tokens.discreet(view, tells("cannot log in with " + FORMER)))
          .containsExactly(Tell.of(CLAIM, Tell.Kind.FAILED, "cannot log in with ***"));
    }
    assertThat(asked).as("once a pod").containsExactly("dory-system/dory-provision-" + UID + "-1");
  }

  @Test
  void nobodyIsAskedWhenNothingIsToldOrNoTokenWasHandedOver() {
    assertThat(tokens.discreet(view(Map.of()), tells("words"))).hasSize(1);
    assertThat(
            tokens.discreet(
                view(Map.of("service-token", FORMER)), new Plan(new Step.Rest(""), List.of())))
        .isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void nothingIsToldWhileTheTokenCannotBeHad() {
    PodTokens silent =
        new PodTokens((namespace, name) -> {
          throw new IllegalStateException("no answer");
        });

    assertThatThrownBy(() -> silent.discreet(view(Map.of("service-token", FORMER)), tells("words")))
        .hasMessage("no answer");
  }

  private static Plan tells(String words) {
    return new Plan(new Step.Rest(""), List.of(Tell.of(CLAIM, Tell.Kind.FAILED, words)));
  }

  private static View view(Map<String, String> more) {
    return new View(
        UID,
        new Sight.Unseen<>(),
        new Sight.Unseen<>(),
        Optional.empty(),
        new Sight.Unseen<>(),
        List.of(
            PodReader.read(ended(made(order(Action.PROVISION, 1, definition(more))), 1, ""), START)
                .orElseThrow()),
        Optional.empty(),
        new InForce.None(),
        Set.of(),
        Set.of());
  }
}
