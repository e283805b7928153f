// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private static final RequestHead GET = new RequestHead("GET", "/api/v1/pods", List.of());
  private static final RequestHead POST = new RequestHead("POST", "/api/v1/pods", List.of());
  private static final RequestHead WATCH =
      new RequestHead("GET", "/api/v1/pods?watch=true", List.of());

  @Test
  void nothingHappensWhileItIsOff() {
    FaultPlan plan = new FaultPlan(1, 1000);

    assertThat(plan.next(GET)).isEqualTo(new Fault.None());
    assertThat(plan.next(WATCH)).isEqualTo(new Fault.None());
    assertThat(plan.counts()).isEmpty();
  }

  @Test
  void sameSeedSaysTheSame() {
    assertThat(draw(new FaultPlan(7, 500), GET)).isEqualTo(draw(new FaultPlan(7, 500), GET));
    assertThat(draw(new FaultPlan(7, 500), GET)).isNotEqualTo(draw(new FaultPlan(8, 500), GET));
  }

  @Test
  void conflictIsSaidOfNothingThatIsBeingMade() {
    assertThat(draw(new FaultPlan(3, 1000), POST))
        .doesNotContain(new Fault.Refused(409), new Fault.None());
    assertThat(draw(new FaultPlan(3, 1000), new RequestHead("PATCH", "/x", List.of())))
        .contains(new Fault.Refused(409));
  }

  @Test
  void everyWatchEndsSometime() {
    assertThat(draw(new FaultPlan(3, 0), WATCH))
        .allMatch(fault -> fault instanceof Fault.Dropped || fault instanceof Fault.Refused);
  }

  private static List<Fault> draw(FaultPlan plan, RequestHead request) {
    plan.on(true);
    return IntStream.range(0, 300).mapToObj(i -> plan.next(request)).toList();
  }
}
