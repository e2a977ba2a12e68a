import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sapl.api.pdp.AuthorizationSubscription;
import io.sapl.api.pdp.Decision;
import io.sapl.interpreter.DefaultSAPLInterpreter;
import io.sapl.interpreter.combinators.PolicyDocumentCombiningAlgorithm;
import io.sapl.interpreter.functions.AnnotationFunctionContext;
import io.sapl.interpreter.pip.AnnotationAttributeContext;
import io.sapl.pdp.EmbeddedPolicyDecisionPoint;
import io.sapl.pdp.config.PDPConfiguration;
import io.sapl.prp.PrpUpdateEvent;
import io.sapl.prp.index.canonical.CanonicalImmutableParsedDocumentIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/**
 * Evaluates policies with SAPL's embedded decision point behind its canonical index.
 *
 * <p>Usage: Measure POLICIES EVENTS MILLISECONDS. POLICIES has one document a line, EVENTS one JSON object with a program
 * and a file a line. Prints {"denied": […], "ns": median of a round, an event}.
 */
public final class Measure {
  private record Input(String program, String file) {}

  public static void main(String[] args) throws IOException {
    var decisions = decisionPoint(Files.readAllLines(Path.of(args[0])));
    var json = new ObjectMapper();
    var subscriptions = new ArrayList<AuthorizationSubscription>();
    for (var line : Files.readAllLines(Path.of(args[1]))) subscriptions.add(subscription(json.readValue(line, Input.class)));
    long budget = Long.parseLong(args[2]) * 1_000_000;

    // Half of the time goes to the compiler of the virtual machine: rounds before that are left out.
    var denied = new boolean[subscriptions.size()];
    var rounds = new ArrayList<Double>();
    long begin = System.nanoTime();
    for (boolean warm = false; rounds.size() < 2 || System.nanoTime() - begin < 2 * budget; ) {
      long start = System.nanoTime();
      for (int i = 0; i < denied.length; i++) {
        denied[i] = decisions.decide(subscriptions.get(i)).blockFirst().getDecision() == Decision.DENY;
      }
      if (warm) rounds.add((System.nanoTime() - start) / (double) denied.length);
      warm |= System.nanoTime() - begin > budget;
    }
    rounds.sort(null);
    System.out.println(json.writeValueAsString(Map.of("denied", denied, "ns", rounds.get(rounds.size() / 2))));
    decisions.destroy();
  }

  private static EmbeddedPolicyDecisionPoint decisionPoint(List<String> policies) {
    var interpreter = new DefaultSAPLInterpreter();
    var attributes = new AnnotationAttributeContext();
    var functions = new AnnotationFunctionContext();
    var updates = new ArrayList<PrpUpdateEvent.Update>();
    for (var policy : policies) {
      var document = interpreter.parseDocument(policy);
      if (document.isInvalid()) throw new IllegalArgumentException(document.errorMessage());
      updates.add(new PrpUpdateEvent.Update(PrpUpdateEvent.Type.PUBLISH, document));
    }
    updates.add(new PrpUpdateEvent.Update(PrpUpdateEvent.Type.CONSISTENT, null));
    var index = new CanonicalImmutableParsedDocumentIndex(attributes, functions).apply(new PrpUpdateEvent(updates));
    var configuration =
        new PDPConfiguration(
            "bench",
            attributes,
            functions,
            Map.of(),
            PolicyDocumentCombiningAlgorithm.PERMIT_UNLESS_DENY,
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            index);
    return new EmbeddedPolicyDecisionPoint(() -> Flux.just(configuration));
  }

  private static AuthorizationSubscription subscription(Input input) {
    var nodes = JsonNodeFactory.instance;
    return new AuthorizationSubscription(
        nodes.textNode(input.program()), nodes.textNode("read"), nodes.textNode(input.file()), null);
  }
}
