# Factor analysis, rotation, polychoric and rank correlations, reliability and scores by psych on simulated answers.
# Oblimin is written out below (gradient projection), as GPArotation may not be there.
# Writes scale-answers.csv and the cases that use it to the folder above. Run in this folder.
suppressMessages({library(psych); library(jsonlite)})
set.seed(20262)
n <- 250
F <- matrix(rnorm(n * 3), n, 3) + .6 * rnorm(n)
L <- matrix(0, 12, 3); for (i in 1:12) L[i, (i - 1) %/% 4 + 1] <- c(.9, .7, .8, .6)[(i - 1) %% 4 + 1]
X <- F %*% t(L) + matrix(rnorm(n * 12), n, 12) * .8
X[, 12] <- -X[, 12]
X <- apply(X, 2, function(x) as.integer(cut(x, c(-Inf, -1.5, -.7, .1, .9, 1.7, Inf))))
X[, 5] <- pmax(X[, 5], 2)                 # nobody chose 1
X[, 6] <- ifelse(X[, 6] == 4, 5, X[, 6])  # nobody chose 4
X[, 7] <- ifelse(X[, 7] > 3, 2, 1)        # yes or no
X[matrix(runif(n * 12) < .03, n, 12)] <- NA
d <- as.data.frame(X); names(d) <- sprintf("i%02d", 1:12)
write.csv(d, "../scale-answers.csv", row.names = FALSE, na = "")

write_case <- function(id, what, call, spec, expect, tolerance)
  write(toJSON(list(id = id, what = what, tool = "psych", version = paste0("R ", getRversion(), "; psych ", packageVersion("psych")),
    input = "scale-answers.csv", call = call, spec = spec, expect = expect, tolerance = tolerance),
    auto_unbox = TRUE, digits = I(17), null = "null", na = "null", pretty = TRUE), file.path("..", paste0(id, ".json")))
rows <- function(M, columns) { M <- unclass(as.matrix(M)); lapply(setNames(seq_len(nrow(M)), rownames(M)), function(i) setNames(as.list(as.numeric(M[i, ])), columns)) }

oblimin <- function(A, gamma, normalise) {
  h <- if (normalise) sqrt(rowSums(A^2)) else rep(1, nrow(A)); A <- A / h
  k <- ncol(A); p <- nrow(A); T <- diag(k); step <- 1
  at <- function(T) {
    L <- A %*% t(solve(T)); O <- L^2 %*% (1 - diag(k)); O <- O - gamma * rep(1, p) %*% t(colMeans(O))
    list(L = L, f = sum(L^2 * O) / 4, G = -t(t(L) %*% (L * O) %*% solve(T)))
  }
  now <- at(T)
  for (i in 1:20000) {
    P <- now$G - T %*% diag(colSums(T * now$G)); s <- sqrt(sum(P^2)); if (s < 1e-9) break
    step <- 2 * step
    for (j in 0:40) { N <- T - step * P; N <- N %*% diag(1 / sqrt(colSums(N^2))); new <- at(N); if (now$f - new$f > .5 * s^2 * step) break; step <- step / 2 }
    T <- N; now <- new
  }
  list(loadings = now$L * h, Phi = t(T) %*% T)
}
tidy <- function(L, Phi = NULL) {
  o <- order(colSums(L^2), decreasing = TRUE); L <- L[, o, drop = FALSE]; s <- sign(colSums(L)); s[s == 0] <- 1
  list(L = L %*% diag(s, length(s)), Phi = if (!is.null(Phi)) diag(s) %*% Phi[o, o] %*% diag(s))
}
answer <- function(fit, L = unclass(fit$loadings), Phi = NULL) {
  k <- paste0("F", seq_len(ncol(L))); own <- tidy(L, Phi); L <- own$L; rownames(L) <- names(d)
  e <- list(loadings = rows(L, k), communality = as.list(fit$communality), uniqueness = as.list(fit$uniquenesses),
    ssLoadings = I(if (is.null(Phi)) colSums(L^2) else diag(own$Phi %*% t(L) %*% L)), eigenvaluesR = fit$e.values, eigenvaluesCommon = fit$values,
    rms = fit$rms, dof = fit$dof, fit = fit$fit, chisq = fit$STATISTIC, chisqP = fit$PVAL, tli = fit$TLI, rmsea = fit$RMSEA[[1]], bic = fit$BIC)
  if (!is.null(Phi)) { P <- own$Phi; rownames(P) <- k; S <- L %*% P; rownames(S) <- names(d); e <- c(e, list(phi = rows(P, k), structure = rows(S, k))) }
  e
}
spec <- function(method, rotate, nfactors = 3, missing = "pairwise", ...) c(list(kind = "fa", nfactors = nfactors, method = method, rotate = rotate, missing = missing, items = names(d)), list(...))
run <- function(u, k, fm, rotate, ...) suppressWarnings(fa(u, k, fm = fm, rotate = rotate, min.err = 1e-10, max.iter = 5000, ...))
# psych's minres and ml stop where L-BFGS-B does: 1e-5 in the loadings.
loose <- list(default = 1e-3, loadings = .01, phi = .003, structure = .003)

write_case("fa-pa-varimax", "Three factors by principal axes, varimax, pairwise", "fa(d, 3, fm = 'pa', rotate = 'varimax')",
  spec("pa", "varimax"), answer(run(d, 3, "pa", "varimax")), list(default = 1e-6))
write_case("fa-ml-none-listwise", "Two factors by maximum likelihood, complete rows, started from 1", "fa(na.omit(d), 2, fm = 'ml', rotate = 'none', SMC = FALSE)",
  spec("ml", "none", 2, "listwise", startCommunality = 1), answer(run(na.omit(d), 2, "ml", "none", SMC = FALSE)), loose)
write_case("fa-one-factor", "One factor by minres", "fa(d, 1, fm = 'minres', rotate = 'oblimin')",
  spec("minres", "oblimin", 1), answer(run(d, 1, "minres", "none")), loose)
f <- run(d, 3, "pa", "none"); o <- oblimin(unclass(f$loadings), 0, FALSE)
write_case("fa-pa-quartimin", "Three factors by principal axes, oblimin gamma 0", "fa(d, 3, fm = 'pa'), then oblimin as in R/factor-analysis.R",
  spec("pa", "oblimin"), answer(f, o$loadings, o$Phi), list(default = 1e-6, loadings = 1e-2, phi = 1e-3, structure = 1e-3, ssLoadings = 1e-3))
o <- oblimin(unclass(f$loadings), .3, TRUE)
write_case("fa-pa-oblimin-gamma", "Three factors by principal axes, oblimin gamma .3 with Kaiser's normalisation", "fa(d, 3, fm = 'pa'), then oblimin as in R/factor-analysis.R",
  spec("pa", "oblimin", obliminGamma = .3, obliminNormalize = TRUE), answer(f, o$loadings, o$Phi), list(default = 1e-6, loadings = 1e-2, phi = 1e-3, structure = 1e-3, ssLoadings = 1e-3))
h <- sqrt(rowSums(unclass(f$loadings)^2)); v <- varimax(unclass(f$loadings) / h, normalize = FALSE); x <- unclass(v$loadings)
U <- solve(t(x) %*% x, t(x) %*% (x * abs(x)^2)); U <- U %*% diag(sqrt(diag(solve(t(U) %*% U)))); ui <- solve(U)
write_case("fa-pa-promax-3", "Three factors by principal axes, promax with power 3", "fa(d, 3, fm = 'pa'), then promax on normalised rows",
  spec("pa", "promax", promaxPower = 3), answer(f, (x %*% U) * h, ui %*% t(ui)), list(default = 1e-6))
s <- cor(d, use = "pairwise", method = "spearman")
f <- suppressWarnings(fa(s, 3, n.obs = n, fm = "pa", rotate = "none", min.err = 1e-10, max.iter = 5000)); e <- answer(f); e$rms <- NULL
write_case("fa-spearman", "Three factors of rank correlations", "fa(cor(d, use = 'pairwise', method = 'spearman'), 3, n.obs = 250, fm = 'pa', rotate = 'none')",
  spec("pa", "none", correlation = "spearman"), e, list(default = 1e-6))

u <- na.omit(d[c("i04", "i05", "i06", "i07", "i08")])
pc <- suppressWarnings(polychoric(u, correct = 0)); k <- names(u)
write_case("polychoric-gaps", "Two-step polychoric correlations: unused categories, a yes-or-no item", "polychoric(na.omit(d[4:8]), correct = 0)",
  list(kind = "polychoric", items = k, missing = "listwise", method = "two-step"), list(n = nrow(u), rho = rows(pc$rho, k)), list(default = 5e-4))

u <- na.omit(d); a <- alpha(u[9:12], keys = c(1, 1, 1, -1)); r <- cor(u); kmo <- KMO(r); b <- cortest.bartlett(r, nrow(u))
w <- u[9:12]; w[[4]] <- 7 - w[[4]]; one <- fa(w, 1, fm = "minres"); l <- sum(one$loadings)
ci <- alpha.ci(a$total$raw_alpha, nrow(u), 4, digits = 12)
dropped <- a$alpha.drop; rownames(dropped) <- sub("-$", "", rownames(dropped)); rd <- sapply(setNames(1:4, names(w)), function(i) cor(w[[i]], rowSums(w[-i])))
write_case("reliability-listwise", "Reliability of complete rows with a reversed item; Feldt's interval", "alpha(na.omit(d)[9:12], keys = c(1, 1, 1, -1)), alpha.ci, KMO, cortest.bartlett, fa",
  list(kind = "reliability", items = names(d), alpha1 = names(w), reversed1 = I("i12"), missing = "listwise"),
  list(eigenvalues = eigen(r)$values, kmo = kmo$MSA, msa = as.list(kmo$MSAi), bartlettChisq = b$chisq, bartlettDf = b$df,
    alpha1 = list(raw = a$total$raw_alpha, std = a$total$std.alpha, averageR = a$total$average_r, low = ci$lower.ci[[1]], high = ci$upper.ci[[1]], rDrop = as.list(rd),
      ifDropped = lapply(setNames(seq_len(4), names(w)), function(i) list(rawAlpha = dropped$raw_alpha[i], stdAlpha = dropped$std.alpha[i]))),
    omegaOneFactor = l^2 / (l^2 + sum(one$uniquenesses))), list(default = 1e-6, omegaOneFactor = 1e-4))

dir.create("../expected", showWarnings = FALSE)
# Scores of complete rows, from the solution by principal axes without rotation.
f <- run(u, 3, "pa", "none"); t3 <- tidy(unclass(f$loadings)); L <- t3$L; psi <- f$uniquenesses; z <- scale(u)
write(toJSON(list(regression = unname(z[1:4, ] %*% solve(cor(u), L)), bartlett = unname(z[1:4, ] %*% diag(1 / psi) %*% L %*% solve(t(L) %*% diag(1 / psi) %*% L)),
  omegaTotal = 1 - sum(psi) / (sum(L %*% t(L)) + sum(psi))), digits = I(17), auto_unbox = TRUE, pretty = TRUE), "../expected/factor-scores.json")
